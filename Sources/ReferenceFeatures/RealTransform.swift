import CFFTW

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
        unsafe input = fftw_alloc_real(length)
        unsafe output = fftw_alloc_complex(length / 2 + 1)
        // Estimating keeps the plan, and with it the last bits, the same from run to run.
        unsafe plan = fftw_plan_dft_r2c_1d(Int32(length), input, output, FFTW_ESTIMATE)
    }

    deinit {
        unsafe fftw_destroy_plan(plan)
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
