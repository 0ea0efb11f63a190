import ModelDescription

extension FrontEndOptions {
    /// Checks the ranges that the arithmetic relies on.
    ///
    /// - Throws: `optionOutOfRange`.
    func validate() throws(FeaturesError) {
        guard [256, 512, 1024, 2048].contains(fftLength) else {
            throw .optionOutOfRange(
                option: "fftLength",
                expected: "256, 512, 1024 or 2048",
                found: "\(fftLength)"
            )
        }
        try check("frameLength", frameLength, 64...fftLength)
        try check("hopLength", hopLength, 32...frameLength)
        try check("melBinCount", melBinCount, 8...128)
        if kind == .mfcc { try check("cepstralCount", cepstralCount, 1...melBinCount) }
        try check("outputFractionBits", outputFractionBits, 4...14)
        try check("preEmphasis", preEmphasis, 0...0.999)
        try check("logFloor", logFloor, -40...20)
    }

    private func check<Value: Comparable>(
        _ option: String,
        _ value: Value,
        _ range: ClosedRange<Value>
    ) throws(FeaturesError) {
        guard range.contains(value) else {
            throw .optionOutOfRange(
                option: option,
                expected: "\(range.lowerBound) to \(range.upperBound)",
                found: "\(value)"
            )
        }
    }
}
