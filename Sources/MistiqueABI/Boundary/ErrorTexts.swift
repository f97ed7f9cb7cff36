import CMistique
import Foundation

/// Frees the texts of an error and sets all fields to zero.
func clearTexts(_ error: UnsafeMutablePointer<mistique_error>) {
  free(error.pointee.what)
  free(error.pointee.place)
  free(error.pointee.remedy)
  free(error.pointee.cause)
  error.pointee = mistique_error()
}
