package io.bayes4j.onednn;

import org.bytedeco.dnnl.global.dnnl;

/** What an argument of a primitive is to it. */
enum Argument {
  SOURCE(dnnl.DNNL_ARG_SRC),
  SECOND_SOURCE(dnnl.DNNL_ARG_SRC_1),
  WEIGHTS(dnnl.DNNL_ARG_WEIGHTS),
  BIAS(dnnl.DNNL_ARG_BIAS),
  RESULT(dnnl.DNNL_ARG_DST),
  SOURCE_GRADIENT(dnnl.DNNL_ARG_DIFF_SRC),
  WEIGHTS_GRADIENT(dnnl.DNNL_ARG_DIFF_WEIGHTS),
  RESULT_GRADIENT(dnnl.DNNL_ARG_DIFF_DST),
  MEAN(dnnl.DNNL_ARG_MEAN),
  VARIANCE(dnnl.DNNL_ARG_VARIANCE),
  SCALE(dnnl.DNNL_ARG_SCALE),
  SHIFT(dnnl.DNNL_ARG_SHIFT),
  SCALE_GRADIENT(dnnl.DNNL_ARG_DIFF_SCALE),
  SHIFT_GRADIENT(dnnl.DNNL_ARG_DIFF_SHIFT),
  /** The other operand of the first binary operation that follows a primitive. */
  FOLLOWING_SOURCE(dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | dnnl.DNNL_ARG_SRC_1),
  WORKSPACE(dnnl.DNNL_ARG_WORKSPACE),
  SCRATCHPAD(dnnl.DNNL_ARG_SCRATCHPAD),
  FROM(dnnl.DNNL_ARG_FROM),
  TO(dnnl.DNNL_ARG_TO);

  private final int number;

  Argument(int number) {
    this.number = number;
  }

  /** oneDNN's number for it. */
  int number() {
    return number;
  }
}
