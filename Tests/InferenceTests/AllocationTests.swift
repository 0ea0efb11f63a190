import AcceleratedKernels
import CAllocationProbe
import Inference
import TestSupport
import Testing

@Suite struct AllocationTests {
    @Test(arguments: KernelVariant.available)
    func runAllocatesNothing(_ kernels: KernelVariant) throws {
        let network = try Network(preparing: SampleModel.int8(), kernels: kernels)
        var workspace = Workspace(for: network)
        let features = [Int16](repeating: 100, count: 80 * network.channelCount)
        // The first round lets a debug build instantiate its generic metadata.
        var during: UInt = 0
        for (round, frameCount) in [80, 80, 10, 47].enumerated() {
            let before = affect_allocation_count()
            network.run(
                features: features.span.extracting(0..<frameCount * network.channelCount),
                frameCount: frameCount,
                workspace: &workspace
            )
            if round > 0 { during += affect_allocation_count() - before }
        }
        #expect(during == 0)
        // The probe sees what it is meant to see.
        let before = affect_allocation_count()
        let other = Workspace(for: network)
        #expect(affect_allocation_count() > before)
        #expect(other.logits.count == workspace.logits.count)
    }
}
