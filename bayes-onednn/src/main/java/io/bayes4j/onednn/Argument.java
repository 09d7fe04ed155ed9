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
