/// One axis of a window that slides over an activation.
public struct SlidingAxis: Sendable {
    /// Taps of the window, at least 1.
    public var kernel: Int
    /// Cells from one position of the window to the next, at least 1.
    public var stride: Int
    /// Cells from one tap to the next, at least 1.
    public var dilation: Int
    /// Cells that the window reaches before the first one.
    public var paddingBefore: Int
    /// Cells that the window reaches after the last one.
    public var paddingAfter: Int

    /// Describes one axis; without arguments, an axis on which the window does not slide.
    public init(
        kernel: Int = 1,
        stride: Int = 1,
        dilation: Int = 1,
        paddingBefore: Int = 0,
        paddingAfter: Int = 0
    ) {
        self.kernel = kernel
        self.stride = stride
        self.dilation = dilation
        self.paddingBefore = paddingBefore
        self.paddingAfter = paddingAfter
    }

    /// Returns the number of positions of the window over `extent` cells, 0 when none fits.
    @inlinable public func outputExtent(_ extent: Int) -> Int {
        let reach = dilation &* (kernel &- 1) &+ 1
        let free = extent &+ paddingBefore &+ paddingAfter &- reach
        return free < 0 ? 0 : 1 &+ free / stride
    }
}

extension SlidingAxis {
    /// Returns the cells inside `0 ..< extent` under one position of a window without dilation.
    @inline(__always)
    func coveredRange(position: Int, extent: Int) -> Range<Int> {
        let first = position &* stride &- paddingBefore
        return max(first, 0)..<min(first &+ kernel, extent)
    }
}
