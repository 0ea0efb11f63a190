/// The unit of packed weights and scratch, which lie in arrays of it.
public typealias CacheLine = SIMD64<UInt8>

/// Returns how many cache lines hold a number of bytes.
func cacheLineCount(bytes: Int) -> Int {
    (bytes + MemoryLayout<CacheLine>.size - 1) / MemoryLayout<CacheLine>.size
}
