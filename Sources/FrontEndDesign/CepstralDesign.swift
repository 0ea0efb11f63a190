import Glibc
import ModelDescription

/// Returns the first rows of the orthonormal DCT-II, row-major.
func designCosineTransform(rows: Int, columns: Int) -> [Double] {
    var matrix: [Double] = []
    for row in 0..<rows {
        let scale = sqrt((row == 0 ? 1 : 2) / Double(columns))
        for column in 0..<columns {
            matrix.append(
                scale * cos(Double.pi * Double(row) * (Double(column) + 0.5) / Double(columns))
            )
        }
    }
    return matrix
}

/// Returns the factor of every channel: liftering times weight; extra channels are not liftered.
func designChannelWeights(_ options: FrontEndOptions) -> [Double] {
    options.channelWeights.enumerated().map { index, weight in
        guard options.lifter > 0, index < options.spectralChannelCount else { return weight }
        let angle = Double.pi * Double(index) / options.lifter
        return weight * (1 + options.lifter / 2 * sin(angle))
    }
}
