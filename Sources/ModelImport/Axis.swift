/// What an axis of an ONNX tensor means to the network.
package enum Axis: Character, CaseIterable {
    case batch = "N"
    case channel = "C"
    case time = "T"
    case frequency = "F"
}

/// One dimension of an ONNX tensor: one axis; none where the extent is 1 and means nothing; several
/// where they were flattened, the outermost first.
typealias Dimension = [Axis]
