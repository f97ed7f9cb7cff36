/// Why a question has no answer: what is wrong, where, and what to do.
struct QuestionError: Error, Equatable, CustomStringConvertible {
  let place: String
  let what: String
  let remedy: String

  init(_ place: String, _ what: String, remedy: String) {
    (self.place, self.what, self.remedy) = (place, what, remedy)
  }

  var description: String { "\(place): \(what). \(remedy)" }
}
