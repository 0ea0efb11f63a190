import ModelDescription

/// A tensor of the ONNX graph that depends on the features.
struct Activation {
    /// The node that computes it, or `features`.
    let node: String
    /// Extents at the fewest frames of the model.
    let shape: TensorShape
    /// What the dimensions of the ONNX tensor mean.
    var dimensions: [Dimension]
    /// Whether other ONNX nodes read what `node` computes under another name.
    var isShared = false
    /// Whether a softmax has been left out in front of it, so that nothing may follow.
    var isProbability = false

    func extent(_ axis: Axis) -> Int {
        switch axis {
        case .batch: 1
        case .channel: shape.channels
        case .time: shape.time
        case .frequency: shape.frequency
        }
    }

    /// Whether the axis is one of the dimensions.
    func has(_ axis: Axis) -> Bool { dimensions.contains { $0.contains(axis) } }
}
