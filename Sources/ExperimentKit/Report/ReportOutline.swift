/// The order in which a report shows experiments: the paper's figures and tables first, and then all others.
///
/// The catalogue of experiments brings it, because this room knows no paper.
package struct ReportOutline: Sendable {
  /// A figure or table of the paper, or several that one experiment reproduces.
  package struct Exhibit: Sendable {
    /// As the paper calls it, e.g. `Figure 5a`.
    package let heading: String
    /// The name of the experiment that reproduces it.
    package let experiment: String
    /// What differs from the paper whatever the run, and why: whole sentences.
    package let differences: String

    package init(_ heading: String, _ experiment: String, differences: String) {
      self.heading = heading
      self.experiment = experiment
      self.differences = differences
    }
  }

  /// What is reproduced, e.g. `MISTIQUE: A System to Store and Query Model Intermediates for Model Diagnosis (SIGMOD 2018)`.
  package let paper: String
  /// In the paper's order.
  package let exhibits: [Exhibit]

  package init(paper: String, exhibits: [Exhibit]) {
    self.paper = paper
    self.exhibits = exhibits
  }
}
