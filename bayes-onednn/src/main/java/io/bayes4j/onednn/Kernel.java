package io.bayes4j.onednn;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.stream;

/** A primitive and what it says about its arguments. */
final class Kernel {
  private final primitive_desc_base description;
  private final primitive compiled;

  Kernel(primitive_desc_base description, primitive compiled) {
    this.description = description;
    this.compiled = compiled;
  }

  /** Shape, layout and type that the primitive wants of an argument. */
  memory.desc descriptor(Argument argument) {
    return description.query_md(dnnl.query.exec_arg_md, argument.number());
  }

  /** Name of the implementation that oneDNN chose, such as "jit:avx512_core". */
  String implementation() {
    return implementation(description);
  }

  /** Name of the implementation that a description stands for. */
  static String implementation(primitive_desc_base description) {
    return description.impl_info_str().getString();
  }

  /** Keeps the native primitive alive when the scope in which it was made closes. */
  void retain() {
    compiled.retainReference();
    description.retainReference();
  }

  void release() {
    compiled.releaseReference();
    description.releaseReference();
  }

  void execute(stream queue, IntMemoryMap arguments) {
    compiled.execute(queue, arguments);
  }
}
