package io.bayes4j.onednn;

/** Arithmetic on corresponding elements. */
final class ElementPlans {
  private ElementPlans() {}

  /** Arguments: x, the same in another type or layout. */
  static void cast(PlanBuilder builder) {
    builder.reorder(builder.argument(0), builder.argument(1));
  }

  /** Arguments: y, x, which becomes the sum of both. */
  static void addInto(PlanBuilder builder) {
    Operand sum = builder.operand(1);
    Plan.Slot total = builder.argument(1);
    builder
        .call(OneDnnApi.binary(OneDnnApi.Binary.ADD, sum, builder.operand(0), sum))
        .reads(Argument.SOURCE, total)
        .reads(Argument.SECOND_SOURCE, builder.argument(0))
        .writes(Argument.RESULT, total)
        .run();
  }
}
