import ModelDescription

extension FrontEndTables {
    /// Checks that the tables fit the options and cannot leave the range of the arithmetic.
    ///
    /// - Throws: `wrongTableLength` or `tableValueOutOfRange`.
    func validate(for options: FrontEndOptions) throws(FeaturesError) {
        try check("window", window, count: options.frameLength, 0...1 << 30)
        let binCount = options.fftLength / 2 + 1
        try check("melFirstBin", melFirstBin, count: options.melBinCount, 0...Int32(binCount - 1))
        try check("melBinCounts", melBinCounts, count: options.melBinCount, 1...Int32(binCount))
        var weightCount = 0
        for index in melFirstBin.indices {
            let end = melFirstBin[index] + melBinCounts[index]
            guard end <= binCount else {
                throw .tableValueOutOfRange(
                    table: "melBinCounts",
                    index: index,
                    expected: "a filter that ends by bin \(binCount - 1)",
                    found: Int(melBinCounts[index])
                )
            }
            weightCount += Int(melBinCounts[index])
        }
        try check("melWeights", melWeights, count: weightCount, 0...32768)
        try check("melLogOffset", melLogOffset, count: options.melBinCount, -(1 << 24)...1 << 24)
        try check(
            "dct",
            dct,
            count: options.kind == .mfcc ? options.cepstralCount * options.melBinCount : 0,
            -(1 << 30)...1 << 30
        )
        try check(
            "channelWeights",
            channelWeights,
            count: options.channelCount,
            -(1 << 24)...1 << 24
        )
    }

    private func check<Element: FixedWidthInteger>(
        _ table: String,
        _ values: [Element],
        count: Int,
        _ range: ClosedRange<Element>
    ) throws(FeaturesError) {
        guard values.count == count else {
            throw .wrongTableLength(table: table, expected: count, found: values.count)
        }
        for (index, value) in values.enumerated() where !range.contains(value) {
            throw .tableValueOutOfRange(
                table: table,
                index: index,
                expected: "\(range.lowerBound) to \(range.upperBound)",
                found: Int(value)
            )
        }
    }
}
