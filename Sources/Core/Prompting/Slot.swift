/// The parts of a prompt that a clip is described by, in the order in which a person fills them in.
public enum Slot: String, Codable, Hashable, Sendable, CaseIterable {
  case subject, action, scene, style, camera, negative

  /// The slots that make up the prompt itself.
  public static let positive: [Slot] = [.subject, .action, .scene, .style, .camera]

  public var name: Bilingual {
    switch self {
    case .subject: Bilingual("subject", "主体")
    case .action: Bilingual("action", "动作")
    case .scene: Bilingual("scene", "场景")
    case .style: Bilingual("style", "风格")
    case .camera: Bilingual("camera", "镜头")
    case .negative: Bilingual("negative", "负面")
    }
  }
}
