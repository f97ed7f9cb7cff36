import CMistique
import Foundation

// What mistique.h declares of errors and texts. Every function here and beside is called by its C name; the header says what it does.

/// Frees the texts of an error.
@_cdecl("mistique_error_clear")
public func errorClear(_ error: UnsafeMutablePointer<mistique_error>?) {
  guard let error else { return }
  clearTexts(error)
}

/// Fills an error in.
@_cdecl("mistique_error_set")
public func errorSet(
  _ error: UnsafeMutablePointer<mistique_error>?, _ code: Int32, _ what: UnsafePointer<CChar>?, _ place: UnsafePointer<CChar>?,
  _ remedy: UnsafePointer<CChar>?
) {
  guard let error else { return }
  func copy(_ text: UnsafePointer<CChar>?) -> UnsafeMutablePointer<CChar>? { text.map { strdup($0) } ?? strdup("") }
  // Copied first: a caller may pass the texts that are there.
  let filled = mistique_error(code: code, what: copy(what), place: copy(place), remedy: copy(remedy), cause: nil)
  clearTexts(error)
  error.pointee = filled
}

/// Frees a text that was handed out.
@_cdecl("mistique_string_free")
public func stringFree(_ text: UnsafeMutablePointer<CChar>?) { free(text) }
