import Glibc

/// Reads a whole file; ends the program when it cannot.
func bytes(of path: String) -> [UInt8] {
    // The stream is closed below, and `fread` gets a buffer of the length it is told.
    guard let file = unsafe fopen(path, "r") else { fail("cannot read \(path)") }
    defer { unsafe _ = fclose(file) }
    var contents: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe fread(&chunk, 1, chunk.count, file)
        if count == 0 { return contents }
        contents += chunk[0..<count]
    }
}

/// Reads raw little-endian Int16 samples.
func samples(of path: String) -> [Int16] {
    let contents = bytes(of: path)
    return (0..<contents.count / 2).map {
        Int16(bitPattern: UInt16(contents[2 * $0]) | UInt16(contents[2 * $0 + 1]) << 8)
    }
}

/// Says what is wrong and ends the program.
func fail(_ message: String) -> Never {
    unsafe perror("affect-benchmark: \(message)")
    exit(1)
}
