import CNeuralKernels
import CSignalKernels

/// The kernels that front end and network run with: the reference, or ones written for a kind of processor.
///
/// All variants give the same bytes.
@safe public struct KernelVariant: @unchecked Sendable {
    // Point to constant tables of the C targets, or to nothing for the reference.
    let table: UnsafePointer<affect_kernels>?
    let signalTable: UnsafePointer<affect_signal_kernels>?

    /// The kernels of `SignalKernels` and `NeuralKernels`, which every processor runs.
    public static let reference = unsafe KernelVariant(table: nil, signalTable: nil)

    /// Every variant that this processor runs, fastest first; the reference is the last one.
    public static let available: [KernelVariant] = {
        var variants: [KernelVariant] = []
        let signalTable = unsafe affect_signal_kernels_fastest()
        while let table = unsafe affect_kernels_available(variants.count) {
            variants.append(unsafe KernelVariant(table: table, signalTable: signalTable))
        }
        return variants + [reference]
    }()

    /// The fastest variant that this processor runs.
    public static let fastest = available[0]

    /// Such as "avx2", or "reference".
    public var name: String {
        guard let table = unsafe table else { return "reference" }
        // The table holds a string literal.
        return unsafe String(cString: table.pointee.name)
    }

    /// Whether these are the kernels of `SignalKernels` and `NeuralKernels`.
    public var isReference: Bool { unsafe table == nil }
}
