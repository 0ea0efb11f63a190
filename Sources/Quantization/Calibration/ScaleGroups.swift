import ModelDescription

/// Activations that must share scale and zero point: both sides of pools, `concatenate` and
/// `reshape`.
///
/// Place 0 is the features, place `index + 1` the output of node `index`.
package struct ScaleGroups {
    private var parents: [Int]

    /// Finds the groups of a graph.
    package init(_ graph: Graph) {
        parents = Array(0...graph.nodes.count)
        for (index, inputs) in graph.inputIndices.enumerated() {
            switch graph.nodes[index].operation {
            case .maxPool2d, .averagePool2d, .concatenate, .reshape:
                for input in inputs { join(index + 1, input + 1) }
            default: break
            }
        }
    }

    /// The first place of the group of a place.
    package func representative(of place: Int) -> Int {
        var place = place
        while parents[place] != place { place = parents[place] }
        return place
    }

    private mutating func join(_ first: Int, _ second: Int) {
        let roots = (representative(of: first), representative(of: second))
        parents[max(roots.0, roots.1)] = min(roots.0, roots.1)
    }
}
