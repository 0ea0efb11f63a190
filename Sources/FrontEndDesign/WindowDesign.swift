import Glibc
import ModelDescription

/// Returns the samples of an analysis window.
///
/// Hann and Hamming are periodic; Povey is Kaldi's: the symmetric Hann window to the power 0.85.
func designWindow(_ window: FrontEndOptions.Window, length: Int) -> [Double] {
    (0..<length).map { n in
        let periodic = 2 * Double.pi * Double(n) / Double(length)
        switch window {
        case .hann: return 0.5 - 0.5 * cos(periodic)
        case .hamming: return 0.54 - 0.46 * cos(periodic)
        case .povey:
            return pow(0.5 - 0.5 * cos(2 * Double.pi * Double(n) / Double(length - 1)), 0.85)
        case .rectangular: return 1
        }
    }
}
