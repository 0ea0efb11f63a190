public import ModelDescription

extension FrontEndTables {
    /// Designs the tables that go into a model file.
    public init(designing options: FrontEndOptions) {
        self.init(rounding: IdealFrontEndTables(designing: options))
    }

    /// Rounds ideal tables to their Q-formats, half away from zero.
    public init(rounding ideal: IdealFrontEndTables) {
        self.init(
            window: ideal.window.map { fixed($0, fractionBits: 30) },
            melFirstBin: ideal.melFilters.map { Int32($0.firstBin) },
            melBinCounts: ideal.melFilters.map { Int32($0.weights.count) },
            melWeights: ideal.melFilters.flatMap { filter in
                filter.weights.map { UInt16(fixed($0, fractionBits: 15)) }
            },
            melLogOffset: ideal.melLogOffset.map { fixed($0, fractionBits: 20) },
            dct: ideal.dct.map { fixed($0, fractionBits: 30) },
            channelWeights: ideal.channelWeights.map { fixed($0, fractionBits: 16) }
        )
    }
}

/// Rounds half away from zero.
///
/// What no table can hold, such as the offset of a filter without width, becomes the limit of Int32,
/// which the front end refuses.
private func fixed(_ value: Double, fractionBits: Int) -> Int32 {
    let scaled = (value * Double(1 << fractionBits)).rounded(.toNearestOrAwayFromZero)
    return Int32(exactly: scaled) ?? (scaled < 0 ? Int32.min : Int32.max)
}
