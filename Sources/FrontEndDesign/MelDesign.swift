import Glibc
import ModelDescription

/// Returns the edges of the filters in hertz: `melBinCount + 2`, equidistant on the mel scale.
func designMelEdges(_ options: FrontEndOptions) -> [Double] {
    let low = mel(fromHertz: options.lowFrequency, options.melScale)
    let high = mel(fromHertz: options.highFrequency, options.melScale)
    let count = options.melBinCount + 1
    return (0...count).map { index in
        hertz(fromMel: low + (high - low) * Double(index) / Double(count), options.melScale)
    }
}

/// Returns triangles between neighbouring edges, with peak 1 at the middle one.
///
/// A filter in which no bin has a weight of at least 2^-16, the least that Q15 can hold, takes the
/// bin nearest to its centre with weight 1.
func designMelFilters(edges: [Double], fftLength: Int) -> [MelFilter] {
    let hertzPerBin = Double(FrontEndOptions.sampleRate) / Double(fftLength)
    return (0..<edges.count - 2).map { index in
        let low = edges[index]
        let centre = edges[index + 1]
        let high = edges[index + 2]
        var firstBin = 0
        var weights: [Double] = []
        for bin in 0...fftLength / 2 {
            let frequency = Double(bin) * hertzPerBin
            let weight = min(
                (frequency - low) / (centre - low),
                (high - frequency) / (high - centre)
            )
            guard weight >= 0x1p-16 else { continue }
            if weights.isEmpty { firstBin = bin }
            weights.append(weight)
        }
        if weights.isEmpty {
            return MelFilter(
                firstBin: min(Int((centre / hertzPerBin).rounded()), fftLength / 2),
                weights: [1]
            )
        }
        return MelFilter(firstBin: firstBin, weights: weights)
    }
}

/// Returns the natural logarithms of the factors that give every triangle the area 1.
func designMelLogOffset(
    _ normalization: FrontEndOptions.MelNormalization,
    edges: [Double]
) -> [Double] {
    (0..<edges.count - 2).map { index in
        switch normalization {
        case .none: 0
        case .slaney: log(2 / (edges[index + 2] - edges[index]))
        }
    }
}

/// Slaney's scale is linear below 1000 Hz, at 200/3 Hz a mel, and logarithmic above.
private let slaneyBreak = 1000.0
private let slaneyHertzPerMel = 200.0 / 3
private let slaneyLogStep = log(6.4) / 27

private func mel(fromHertz hertz: Double, _ scale: FrontEndOptions.MelScale) -> Double {
    switch scale {
    case .htk: 2595 * log10(1 + hertz / 700)
    case .slaney:
        hertz < slaneyBreak
            ? hertz / slaneyHertzPerMel
            : slaneyBreak / slaneyHertzPerMel + log(hertz / slaneyBreak) / slaneyLogStep
    }
}

private func hertz(fromMel mel: Double, _ scale: FrontEndOptions.MelScale) -> Double {
    switch scale {
    case .htk: return 700 * (pow(10, mel / 2595) - 1)
    case .slaney:
        let breakMel = slaneyBreak / slaneyHertzPerMel
        return mel < breakMel
            ? mel * slaneyHertzPerMel : slaneyBreak * exp((mel - breakMel) * slaneyLogStep)
    }
}
