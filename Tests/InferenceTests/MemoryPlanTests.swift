import Inference
import Testing

@Suite struct MemoryPlanTests {
    /// Features → a → b → c in a row: two buffers take turns.
    @Test func chainTakesTwoBuffers() {
        let plan = MemoryPlan(counts: [100, 80, 60, 40], reads: [[0], [1], [2]])
        #expect(plan.slots == [0, 1, 0, 1])
        #expect(plan.slotCounts == [100, 80])
    }

    /// The first output waits for the sum two nodes later.
    @Test func residualKeepsItsSource() {
        let plan = MemoryPlan(counts: [10, 50, 50, 50], reads: [[0], [1], [1, 2]])
        #expect(plan.slots[1] != plan.slots[2])
        #expect(plan.slots[3] != plan.slots[1] && plan.slots[3] != plan.slots[2])
        #expect(plan.slotCounts == [50, 50, 50])
    }

    @Test func outputThatNobodyReadsIsFreeAtOnce() {
        let plan = MemoryPlan(counts: [10, 20, 20, 5], reads: [[0], [0], [2]])
        #expect(plan.slots == [0, 1, 1, 0])
    }

    /// Random graphs: whatever is still to be read shares its buffer with nothing written meanwhile.
    @Test func noLiveValueIsOverwritten() {
        var state: UInt64 = 20_260
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<500 {
            let nodes = 1 + random(20)
            let counts = (0...nodes).map { _ in 1 + random(1000) }
            let reads = (0..<nodes).map { node in
                (0...random(3)).map { _ in random(node + 1) }
            }
            let plan = MemoryPlan(counts: counts, reads: reads)
            var held = [Int](repeating: -1, count: plan.slotCounts.count)
            held[plan.slots[0]] = 0
            for (node, values) in reads.enumerated() {
                for value in values { #expect(held[plan.slots[value]] == value) }
                #expect(!values.contains { plan.slots[$0] == plan.slots[node + 1] })
                #expect(plan.slotCounts[plan.slots[node + 1]] >= counts[node + 1])
                held[plan.slots[node + 1]] = node + 1
            }
        }
    }
}
