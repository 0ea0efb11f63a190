import ModelDescription

extension FrontEndTables {
    /// Prefix of the names of the front end's tensors.
    static let prefix = "frontEnd."

    /// Reads the tables of a model and checks what the kernels rely on.
    init(
        reading reader: inout TensorReader,
        options: FrontEndOptions
    ) throws(ModelFileError) {
        let bins = options.melBinCount
        let spectrumCount = Int32(options.fftLength / 2 + 1)
        let prefix = Self.prefix
        let firstBin = try reader.int32(
            "\(prefix)melFirstBin",
            [bins],
            in: 0...spectrumCount - 1
        )
        let counts = try reader.int32("\(prefix)melBinCounts", [bins], in: 1...spectrumCount)
        var total = 0
        for bin in 0..<bins {
            guard firstBin[bin] + counts[bin] <= spectrumCount else {
                throw .value(
                    place: "\(prefix)melBinCounts[\(bin)]",
                    expected: "a filter that ends at bin \(spectrumCount) or before",
                    found: "\(firstBin[bin] + counts[bin])"
                )
            }
            total += Int(counts[bin])
        }
        let weights = try reader.uint16("\(prefix)melWeights", [total])
        if let index = weights.firstIndex(where: { $0 > 32768 }) {
            throw .value(
                place: "\(prefix)melWeights[\(index)]",
                expected: "0 … 32768",
                found: "\(weights[index])"
            )
        }
        let one: Int32 = 1 << 30
        self.init(
            window: try reader.int32("\(prefix)window", [options.frameLength], in: 0...one),
            melFirstBin: firstBin,
            melBinCounts: counts,
            melWeights: weights,
            melLogOffset: try reader.int32(
                "\(prefix)melLogOffset",
                [bins],
                in: -(1 << 24)...1 << 24
            ),
            dct: options.kind == .mfcc
                ? try reader.int32(
                    "\(prefix)dct",
                    [options.cepstralCount, bins],
                    in: -one...one
                ) : [],
            channelWeights: try reader.int32(
                "\(prefix)channelWeights",
                [options.channelCount],
                in: -(1 << 24)...1 << 24
            )
        )
    }
}

extension Model {
    /// The tables as tensors, in the order in which they are written.
    static func named(
        _ tables: FrontEndTables,
        options: FrontEndOptions
    ) -> [(name: String, tensor: Tensor)] {
        var named: [(name: String, tensor: Tensor)] = []
        func add(_ name: String, _ elements: Tensor.Elements, _ shape: [Int]? = nil) {
            let tensor = Tensor(shape: shape ?? [elements.count], elements)
            named.append((FrontEndTables.prefix + name, tensor))
        }
        add("window", .int32(tables.window))
        add("melFirstBin", .int32(tables.melFirstBin))
        add("melBinCounts", .int32(tables.melBinCounts))
        add("melWeights", .uint16(tables.melWeights))
        add("melLogOffset", .int32(tables.melLogOffset))
        if options.kind == .mfcc {
            add("dct", .int32(tables.dct), [options.cepstralCount, options.melBinCount])
        }
        add("channelWeights", .int32(tables.channelWeights))
        return named
    }
}
