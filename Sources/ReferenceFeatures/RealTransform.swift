import CFFTW
import Synchronization

/// FFTW's planner has one state for the whole process: only `fftw_execute` may run side by side.
private let planner = Mutex(())

/// A real FFT in double precision by FFTW, with its buffers.
///
/// `@safe`: the pointers are private, allocated once for exactly `length` reals and
/// `length / 2 + 1` complex numbers, and freed in `deinit`; every access below stays inside.
@safe
final class RealTransform {
    let length: Int
    private let input: UnsafeMutablePointer<Double>
    private let output: UnsafeMutablePointer<fftw_complex>
    private let plan: fftw_plan

    init(length: Int) {
        self.length = length
        let reals = unsafe fftw_alloc_real(length)
        let bins = unsafe fftw_alloc_complex(length / 2 + 1)
        // Estimating keeps the plan, and with it the last bits, the same from run to run.
        var made: fftw_plan?
        planner.withLock { _ in
            unsafe made = fftw_plan_dft_r2c_1d(Int32(length), reals, bins, FFTW_ESTIMATE)
        }
        guard let reals = unsafe reals, let bins = unsafe bins, let made = unsafe made else {
            preconditionFailure("no memory for a transform of \(length) values")
        }
        unsafe input = reals
        unsafe output = bins
        unsafe plan = made
    }

    deinit {
        planner.withLock { _ in unsafe fftw_destroy_plan(plan) }
        unsafe fftw_free(input)
        unsafe fftw_free(output)
    }

    /// Returns the squared magnitudes of the bins of a zero-padded signal.
    func power(of signal: [Double]) -> [Double] {
        precondition(signal.count <= length)
        for index in 0..<length {
            unsafe input[index] = index < signal.count ? signal[index] : 0
        }
        unsafe fftw_execute(plan)
        return (0...length / 2).map { bin in
            let (real, imaginary) = unsafe output[bin]
            return real * real + imaginary * imaginary
        }
    }
}
