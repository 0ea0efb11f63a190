/// Thresholds and times of the energy gate.
///
/// Levels are in tenths of a decibel, with 0 for a full-scale square wave; times in blocks of ten
/// milliseconds.
public struct EnergyGateOptions: Equatable, Sendable {
    /// The gate opens this far above the noise floor.
    public var openAboveFloor = 100
    /// The gate stays open this far above the noise floor.
    public var holdAboveFloor = 60
    /// The gate never opens below this level, however quiet the room.
    public var lowestOpenLevel = -700
    /// Noise floor that is assumed until one has been heard.
    public var initialFloor = -800
    /// The gate opens after so many loud blocks in a row; shorter clicks pass by.
    public var minimumSpeechBlocks = 4
    /// The gate closes after so many quiet blocks in a row.
    public var hangoverBlocks = 40
    /// The noise floor is the lowest level of so many blocks.
    public var floorWindowBlocks = 320

    /// Makes options with the defaults of the product.
    public init() {}
}
