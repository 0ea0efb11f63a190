/// Decides block by block whether there is sound worth looking at.
///
/// Opens after a few blocks well above the noise floor, closes after a hangover of quiet ones.
///
/// - Format: levels are binary logarithms of the variance in squared sample units, Q20, as from
///   `blockLogVariance`.
struct EnergyGate {
    /// What a block did to the gate.
    enum Transition {
        case none
        case opened
        case closed
    }

    private(set) var isOpen = false
    private var noiseFloor: NoiseFloor
    /// Blocks in a row that speak against the present state.
    private var contraryBlocks = 0

    private let openAboveFloor: Int32
    private let holdAboveFloor: Int32
    private let lowestOpenLevel: Int32
    private let minimumSpeechBlocks: Int
    private let hangoverBlocks: Int

    init(options: EnergyGateOptions) {
        openAboveFloor = Level.difference(tenthsOfDecibel: options.openAboveFloor)
        holdAboveFloor = Level.difference(tenthsOfDecibel: options.holdAboveFloor)
        lowestOpenLevel = Level.absolute(tenthsOfDecibel: options.lowestOpenLevel)
        minimumSpeechBlocks = options.minimumSpeechBlocks
        hangoverBlocks = options.hangoverBlocks
        noiseFloor = NoiseFloor(
            initialLevel: Level.absolute(tenthsOfDecibel: options.initialFloor),
            windowBlocks: options.floorWindowBlocks
        )
    }

    /// What is known of the noise, in the units of the levels.
    var floor: Int32 { noiseFloor.level }

    /// Closes at once and keeps what is known of the noise.
    mutating func close() {
        isOpen = false
        contraryBlocks = 0
    }

    mutating func process(level: Int32) -> Transition {
        noiseFloor.update(level)
        let floor = noiseFloor.level
        // What holds the gate may be as far below the lowest opening level as below the opening
        // distance from the floor.
        let hysteresis = openAboveFloor - holdAboveFloor
        let threshold =
            isOpen
            ? max(floor + holdAboveFloor, lowestOpenLevel - hysteresis)
            : max(floor + openAboveFloor, lowestOpenLevel)
        let isLoud = level >= threshold
        contraryBlocks = isLoud == isOpen ? 0 : contraryBlocks + 1
        if isOpen && contraryBlocks >= hangoverBlocks {
            isOpen = false
            contraryBlocks = 0
            return .closed
        }
        if !isOpen && contraryBlocks >= minimumSpeechBlocks {
            isOpen = true
            contraryBlocks = 0
            return .opened
        }
        return .none
    }
}
