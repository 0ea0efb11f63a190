import ModelDescription

/// The taps of a kernel that lie inside the input, along one axis.
struct SpatialTaps {
    /// Taps whose input exists.
    let range: Range<Int>
    /// Input position of tap 0; may lie outside.
    let start: Int
    /// Input positions from one tap to the next.
    let step: Int

    init(output: Int, extent: Int, kernel: Int, stride: Int, dilation: Int, before: Int) {
        start = output * stride - before
        step = dilation
        let first = start < 0 ? (-start + dilation - 1) / dilation : 0
        let end = start < extent ? min(kernel, (extent - start + dilation - 1) / dilation) : 0
        range = min(first, kernel)..<max(min(first, kernel), end)
    }
}

extension Operation.Spatial {
    func taps(alongTime output: Int, extent: Int) -> SpatialTaps {
        SpatialTaps(
            output: output,
            extent: extent,
            kernel: kernel.time,
            stride: stride.time,
            dilation: dilation.time,
            before: padding.timeBefore
        )
    }

    func taps(alongFrequency output: Int, extent: Int) -> SpatialTaps {
        SpatialTaps(
            output: output,
            extent: extent,
            kernel: kernel.frequency,
            stride: stride.frequency,
            dilation: dilation.frequency,
            before: padding.frequencyBefore
        )
    }
}
