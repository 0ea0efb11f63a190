/// Gives every activation of a network a buffer and lets those share one that never live together.
package struct MemoryPlan {
    /// Buffer of each value: the features first, then the nodes' outputs in order.
    package private(set) var slots: [Int] = []
    /// Elements of each buffer.
    package private(set) var slotCounts: [Int] = []

    /// Plans greedily in order of execution: a new value takes the free buffer that fits it best,
    /// else the greatest free one, enlarged, else a new one.
    ///
    /// - Parameter counts: elements of each value, the features first.
    /// - Parameter reads: values that each node reads; node `n` yields value `n + 1`.
    /// - Parameter isSharing: false gives every value a buffer of its own.
    package init(counts: [Int], reads: [[Int]], isSharing: Bool = true) {
        guard isSharing else {
            slots = Array(counts.indices)
            slotCounts = counts
            return
        }
        var lastReader = [Int](repeating: -1, count: counts.count)
        for (node, values) in reads.enumerated() {
            for value in values { lastReader[value] = node }
        }
        var free: [Int] = []
        for (value, count) in counts.enumerated() {
            let slot = takeSlot(for: count, from: &free)
            slots.append(slot)
            // Node `value − 1` has run: what it read for the last time is free, and so is what
            // nobody will read.
            if value > 0 {
                for read in Set(reads[value - 1]).sorted() where lastReader[read] == value - 1 {
                    free.append(slots[read])
                }
            }
            if lastReader[value] < 0 { free.append(slot) }
        }
    }

    private mutating func takeSlot(for count: Int, from free: inout [Int]) -> Int {
        let fitting = free.indices.filter { slotCounts[free[$0]] >= count }
        let best =
            fitting.min { slotCounts[free[$0]] < slotCounts[free[$1]] }
            ?? free.indices.max { slotCounts[free[$0]] < slotCounts[free[$1]] }
        guard let best else {
            slotCounts.append(count)
            return slotCounts.count - 1
        }
        let slot = free.remove(at: best)
        slotCounts[slot] = max(slotCounts[slot], count)
        return slot
    }
}
