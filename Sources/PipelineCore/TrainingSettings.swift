/// The `training` section of a pipeline file.
public struct TrainingSettings: StageConfiguration {
  /// How the weights follow the gradient.
  public enum Optimizer: String, CaseIterable, Sendable {
    /// Adam (Kingma, Ba 2015).
    case adam
    /// Adam with weight decay beside the gradient (Loshchilov, Hutter 2019).
    case adamw
    /// Stochastic gradient descent with momentum.
    case sgd
    /// Adagrad (Duchi et al. 2011).
    case adagrad
  }

  /// How the step size changes.
  public enum Schedule: String, CaseIterable, Sendable {
    /// It does not.
    case constant
    /// After the warm-up it falls in a line to zero.
    case linear
    /// After the warm-up it falls along half a cosine to zero.
    case cosine
    /// After the warm-up it falls whenever the validation loss has stopped falling.
    case plateau
    /// It rises along half a cosine and falls along another (Smith, Topin 2018).
    case onecycle
  }

  /// How often the corpus is gone through.
  public var epochs = 6
  /// Documents a step.
  public var batch = 64
  /// Documents a shard: the piece of a batch that one thread works on.
  public var shard = 32
  /// Where all random numbers come from.
  public var seed = 1
  /// How the weights follow the gradient.
  public var optimizer = Optimizer.adam
  /// The step size.
  public var learningRate = 0.002
  /// How the step size changes.
  public var schedule = Schedule.linear
  /// The share of all steps over which the step size rises from zero.
  public var warmup = 0.0
  /// For `plateau`: what the step size is multiplied by.
  public var plateauFactor = 0.5
  /// For `plateau`: how many epochs in a row may be no better.
  public var plateauPatience = 1
  /// For `sgd`.
  public var momentum = 0.9
  /// For `sgd`: whether the gradient is taken where momentum leads.
  public var nesterov = false
  /// How strongly weights are pulled to zero.
  public var weightDecay = 0.0
  /// How much a document of each label counts in the loss.
  public var classWeights = ClassWeights.none
  /// How much less documents count that are right already (focal loss); 0 counts all the same.
  public var focal = 0.0
  /// Whether each label gets a threshold by macro F1 on the validation documents.
  public var thresholds = false
  /// The largest length of the gradient; 0 leaves it as it is.
  public var clip = 5.0
  /// The largest size of each number of the gradient; 0 leaves them as they are.
  public var clipValue = 0.0
  /// How much of the average of the weights stays in each step; 0 keeps no average.
  public var averaging = 0.0
  /// Epochs without a better validation accuracy after which training ends; 0 never ends it.
  public var patience = 10
  /// Documents of the old corpora that are learned from again for each new one, when a training goes on
  /// from a model.
  public var replay = 1.0
  /// Minutes after which a checkpoint is written within an epoch; 0 writes at ends of epochs only.
  public var checkpointMinutes = 10.0

  /// All defaults.
  public init() {}

  /// The settings.
  public static var settings: [Setting<Self>] {
    [
      .integer("epochs", \.epochs, 1...10_000, "how often the corpus is gone through"),
      .integer("batch", \.batch, 1...65_536, "documents a step"),
      .integer(
        "shard", \.shard, 1...4_096,
        "documents a shard, the piece of a batch that one thread works on; part of the result"),
      .integer("seed", \.seed, 0...Int.max, "where all random numbers come from"),
      .choice("optimizer", \.optimizer, "how the weights follow the gradient"),
      .number("learningRate", \.learningRate, 0...10, open: true, "the step size"),
      .choice("schedule", \.schedule, "how the step size changes over all steps"),
      .number(
        "warmup", \.warmup, 0...0.9,
        "share of all steps over which the step size rises; onecycle takes 0 for 0.3"),
      .number(
        "plateauFactor", \.plateauFactor, 0...1, open: true,
        "what the plateau schedule multiplies the step size by"),
      .integer(
        "plateauPatience", \.plateauPatience, 0...1000,
        "how many epochs in a row may be no better before the plateau schedule does"),
      .number("momentum", \.momentum, 0...0.999, "how much of the last step sgd keeps"),
      .boolean("nesterov", \.nesterov, "whether sgd takes the gradient where momentum leads"),
      .number(
        "weightDecay", \.weightDecay, 0...10,
        "how strongly weights are pulled to zero: as part of the gradient, in adamw beside it"),
      .classWeights(
        "classWeights", \.classWeights, "how much a document of each label counts in the loss"),
      .number(
        "focal", \.focal, 0...10,
        "focal loss: how much less documents count that are right already, such as 2; 0: not"),
      .boolean(
        "thresholds", \.thresholds,
        "whether each label gets a threshold by macro F1 on the validation documents"),
      .number("clip", \.clip, 0...1e6, "the largest length of the gradient; 0: no limit"),
      .number(
        "clipValue", \.clipValue, 0...1e6,
        "the largest size of each number of the gradient, before clip; 0: no limit"),
      .number(
        "averaging", \.averaging, 0...0.999999,
        "how much of the weights' average stays in each step, such as 0.999; 0: no average"),
      .integer(
        "patience", \.patience, 0...10_000,
        "epochs without a better validation accuracy after which training ends; 0: never"),
      .number(
        "replay", \.replay, 0...100_000,
        "old documents learned from again for each new one, when training goes on from a model"),
      .number(
        "checkpointMinutes", \.checkpointMinutes, 0...100_000,
        "minutes after which a checkpoint is written within an epoch; 0: at ends of epochs only"),
    ]
  }

  /// Nesterov's step is one of momentum.
  public func conflicts() -> [String] {
    guard nesterov else { return [] }
    if optimizer != .sgd {
      return ["nesterov is for optimizer: sgd, and this is \(optimizer.rawValue)"]
    }
    return momentum > 0 ? [] : ["nesterov needs a momentum above 0"]
  }
}
