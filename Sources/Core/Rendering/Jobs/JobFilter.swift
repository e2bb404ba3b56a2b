public import Foundation

/// Which jobs to show, as typed: `star !snow model:nano state:done seed:7 after:2026-11-01`.
///
///     let filter = JobFilter("star !snow model:nano")
///     filter.problems        // what is not understood; the rest still counts
///     filter.accepts(job)
///
/// Terms are joined by "and"; `!` in front of one excludes. A word is found where a word of prompt, notes or tags
/// begins with it; "several words" in quotes stand one after the other.
public struct JobFilter: Hashable, Sendable {
  public var terms: [Term]
  public var problems: [Problem]

  public init(terms: [Term] = []) {
    self.terms = terms
    problems = []
  }

  public var isEmpty: Bool { terms.isEmpty }

  public struct Term: Hashable, Sendable {
    public var test: Test
    public var isExcluded: Bool
    public init(_ test: Test, isExcluded: Bool = false) {
      self.test = test
      self.isExcluded = isExcluded
    }
  }

  public enum Test: Hashable, Sendable {
    /// As ``SearchWords`` cuts them.
    case words([String])
    /// A part of the model's name, lowercased.
    case model(String)
    case states(Set<Job.State>)
    case seed(UInt64)
    case created(Range<Date>)
    /// A whole tag, lowercased.
    case tag(String)
    case favourite
    case size(width: Int, height: Int)
    case frames(Int)
    case steps(Int)
    case sampler(SamplerName)
    case precision(Precision)
    case id(Job.ID)
    case parent(Job.ID)
    case batch(Batch.ID)
  }

  /// A term that is not understood, and so does not count.
  public struct Problem: Hashable, Sendable {
    /// As typed.
    public var term: String
    public var message: String
    public init(term: String, message: String) {
      self.term = term
      self.message = message
    }
  }
}

extension JobFilter {
  /// Whether the job passes. The ledger answers the same by its indexes.
  public func accepts(_ job: Job) -> Bool {
    let words = SearchWords.cut(job.searchedText)
    return terms.allSatisfy { $0.test.accepts(job, words: words) != $0.isExcluded }
  }
}

extension Job {
  /// What words are looked for in.
  public var searchedText: String {
    ([recipe.prompt, notes] + tags).joined(separator: "\n")
  }
}

extension JobFilter.Test {
  fileprivate func accepts(_ job: Job, words: [String]) -> Bool {
    switch self {
    case .words(let wanted): SearchWords.contain(wanted, in: words)
    case .model(let part): job.recipe.model.lowercased().contains(part)
    case .states(let states): states.contains(job.state)
    case .seed(let seed): job.recipe.seed == seed
    case .created(let range): range.contains(job.createdAt)
    case .tag(let tag): job.tags.contains { $0.lowercased() == tag }
    case .favourite: job.isFavourite
    case .size(let width, let height): job.recipe.width == width && job.recipe.height == height
    case .frames(let count): job.recipe.frameCount == count
    case .steps(let count): job.recipe.steps == count
    case .sampler(let sampler): job.recipe.sampler == sampler
    case .precision(let precision): job.recipe.precision == precision
    case .id(let id): job.id == id
    case .parent(let id): job.parent == id
    case .batch(let id): job.batch == id
    }
  }
}
