import CStorageKernels

/// What a chunk would take as a frame of its own, without storing it: for measuring what an encoding or a placement gains.
package enum FrameTrial {
  /// Encoded bytes of `chunk`; with `reference`, an equally long chunk, those of the difference between the two.
  package static func bytes(of chunk: ColumnChunk, after reference: ColumnChunk? = nil) -> Int {
    let size = chunk.payload.count
    let frame = ByteBuffer(count: size)
    chunk.payload.withBytes { source in frame.withMutableBytes { $0.copyMemory(from: source) } }
    if let reference {
      precondition(reference.payload.count == size, "a difference is of equally long chunks")
      frame.withMutableBytes { target in reference.payload.withBytes { mistique_xor($0.baseAddress!, size, target.baseAddress!) } }
    }
    return withUnsafeTemporaryAllocation(byteCount: FrameEncodings.bound(size), alignment: 64) { output in
      frame.withBytes { EncodingChoice.encodeAlone($0, FrameContent(chunk.shape), into: output)?.bytes } ?? size
    }
  }
}
