import Foundation

/// A file that a user named, as it is written.
///
/// - A regular file, or a name that is free: the bytes go to a file beside it, which takes its name in ``commit()``, so that nobody ever sees
///   half of it and the old content stays until then. Mode and owner of a file that is replaced are kept; a file that may not be written is
///   not replaced.
/// - A symbolic link stays; what it leads to is written, or made.
/// - Anything else (a device, a FIFO, a process substitution, `/dev/stdout`) is written into as the bytes come.
///
/// An `OutputFile` that is dropped before ``commit()`` removes what it wrote beside the file.
package struct OutputFile: ~Copyable {
  /// Where the bytes go.
  // Not private: the linker must find its metadata where other modules specialise what destroys it.
  enum Destination: ~Copyable {
    case beside(UnfinishedFile)
    case inPlace(OpenPlace)

    borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) {
      switch self {
      case .beside(let file): do throws(FileFailure) { try file.write(bytes) } catch { throw error.reason }
      case .inPlace(let place): try place.descriptor.writeAll(bytes)
      }
    }

    consuming func commit() throws(SystemFailure) {
      switch consume self {
      case .beside(let file):
        let final = file.final
        do throws(FileFailure) { try file.rename() } catch { throw error.reason }
        // The file is in its place, whatever becomes of this; some file systems refuse it.
        try? FolderEntries.flush(around: final)
      case .inPlace: break
      }
    }
  }

  private let destination: Destination

  /// - Throws: ``SystemFailure``; nothing is changed then.
  package init(_ url: URL) throws(SystemFailure) {
    if let final = try OutputPlace(url.path).replaceableFile {
      do throws(FileFailure) { destination = .beside(try Self.file(replacing: final)) } catch { throw error.reason }
    } else {
      destination = .inPlace(try OpenPlace(url.path))
    }
  }

  /// A new file beside `final`, with the mode and, where this user may give files away, the owner of the one that is there.
  private static func file(replacing final: String) throws(FileFailure) -> UnfinishedFile {
    var old = stat()
    guard stat(final, &old) == 0 else { return try UnfinishedFile(of: final, mode: 0o666) }
    guard access(final, W_OK) == 0 else { throw FileFailure(.opened, final, .last) }
    let file = try UnfinishedFile(of: final, mode: 0o666)
    try file.adopt(old)
    return file
  }

  /// - Throws: ``SystemFailure``, such as that of a full disk.
  package borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) { try destination.write(bytes) }

  /// Brings the bytes to the disk and gives the file its name.
  ///
  /// - Throws: ``SystemFailure``; a file that was there is then as it was.
  package consuming func commit() throws(SystemFailure) { try destination.commit() }
}
