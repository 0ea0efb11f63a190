import Glibc
import SystemIntegration

/// A model and its signature, copied to where the daemon takes models from.
package struct ModelDelivery {
    /// Bytes of a model or a signature at most; the daemon knows the exact limits.
    private static let sizeLimit = 16 << 20
    private static let suffixes = [".minisig", ""]

    /// The name of the copy; the daemon leaves it alone until it is asked to take it.
    package let name: String
    private let folder: String

    /// Copies FILE and FILE.minisig, which need not be there.
    ///
    /// - Throws: that a file cannot be read, or that the folder may not be written.
    package init(of file: String, into folder: String) throws(ControlError) {
        self.folder = folder
        name = "affectctl-\(getpid())-\(Clock.monotonicMicroseconds).model"
        do throws(ControlError) {
            for suffix in Self.suffixes { try copy(file, suffix) }
        } catch {
            remove()
            throw error
        }
    }

    /// Removes what the daemon has not taken.
    func remove() {
        for suffix in Self.suffixes { Directory.removeFile("\(folder)/\(name)\(suffix)") }
    }

    private func copy(_ file: String, _ suffix: String) throws(ControlError) {
        let bytes: [UInt8]
        do throws(SystemIntegrationError) {
            bytes = try FileDescriptor.contents(ofFile: file + suffix, limit: Self.sizeLimit)
        } catch .call(_, _, ENOENT) where !suffix.isEmpty {
            // Whether it must be signed is for the daemon to say.
            return
        } catch {
            throw ControlError(.usage, "\(file)\(suffix) cannot be read: \(error)")
        }
        do throws(SystemIntegrationError) {
            // The daemon is another user.
            try DurableFile.create(bytes, at: "\(folder)/\(name)\(suffix)", permissions: 0o644)
        } catch .call(_, _, EACCES) {
            throw ControlError(
                .notPermitted,
                """
                you may not put models into \(folder)
                try: sudo usermod -aG affect-admin $USER, then log in again
                """
            )
        } catch .call(_, _, ENOENT) {
            // What is copied has been read: what is missing is the folder.
            let parent = folder.lastIndex(of: "/").map { folder[..<$0] } ?? "."
            throw ControlError(
                .failed,
                """
                affectd takes models from \(folder), and that folder does not exist
                try: make \(parent) (control.state_folder) for the user of affectd, then restart affectd
                """
            )
        } catch {
            throw ControlError(error)
        }
    }
}
