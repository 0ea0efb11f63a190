/// Conversions between decibels and binary logarithms of a variance.
///
/// - Format: Q20 binary logarithm of squared sample units, 30 for a full-scale square wave; one
///   unit is 3.0103 dB.
public enum Level {
    /// 30.103, tenths of a decibel in a factor of two, times 1000.
    private static let tenthsPerOctave: Int64 = 30_103
    private static let fullScale: Int32 = 30 << 20

    /// A difference of levels from tenths of a decibel.
    public static func difference(tenthsOfDecibel: Int) -> Int32 {
        Int32(truncatingIfNeeded: (Int64(tenthsOfDecibel) * 1000 << 20) / tenthsPerOctave)
    }

    /// A level from tenths of a decibel below full scale.
    static func absolute(tenthsOfDecibel: Int) -> Int32 {
        fullScale + difference(tenthsOfDecibel: tenthsOfDecibel)
    }

    /// Tenths of a decibel below full scale from a level, rounded towards zero.
    public static func tenthsOfDecibel(_ level: Int32) -> Int {
        Int((Int64(level &- fullScale) * tenthsPerOctave) / (1000 << 20))
    }
}
