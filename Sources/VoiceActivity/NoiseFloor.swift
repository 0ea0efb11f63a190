/// Follows the noise floor: the lowest level of the last seconds.
///
/// Steady noise becomes the floor once it has lasted for the window, so a fan cannot hold the gate
/// open; speech has pauses, so it does not.
///
/// - Source: R. Martin, "Noise power spectral density estimation based on optimal smoothing and
///   minimum statistics", IEEE Trans. Speech and Audio Processing 9(5), 2001: the minimum over a
///   window kept as the minima of its parts, here of one broadband level without bias correction.
struct NoiseFloor {
    static let partCount = 8

    /// The lowest level in the window, in the units of the levels.
    private(set) var level: Int32
    private var parts: InlineArray<8, Int32>
    private var part = 0
    private var blocksInPart = 0
    private let blocksPerPart: Int

    init(initialLevel: Int32, windowBlocks: Int) {
        level = initialLevel
        parts = InlineArray(repeating: initialLevel)
        blocksPerPart = max(1, windowBlocks / Self.partCount)
        parts[0] = .max
    }

    mutating func update(_ blockLevel: Int32) {
        parts[part] = min(parts[part], blockLevel)
        level = min(level, blockLevel)
        blocksInPart += 1
        guard blocksInPart == blocksPerPart else { return }
        blocksInPart = 0
        level = .max
        for index in 0..<Self.partCount { level = min(level, parts[index]) }
        part = (part + 1) % Self.partCount
        parts[part] = .max
    }
}
