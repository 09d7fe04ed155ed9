package io.bayes4j.onednn;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.onednn.IntegerPlans.Options;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_v2_backward;
import org.bytedeco.dnnl.pooling_v2_forward;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * oneDNN 2.x as this module uses it: every call that another version spells differently is here, in
 * {@link NormPrimitives} or in {@link NativeLibrary}.
 *
 * <p>What the methods return belongs to the innermost native scope, see {@link Native}.
 */
final class OneDnnApi {
  static final engine CPU = Native.lasting(() -> new engine(engine.kind.cpu, 0));

  private OneDnnApi() {}

  /** A way to pool. */
  enum Pooling {
    MAX(algorithm.pooling_max),
    /** Padding counts as zeros. */
    AVERAGE(algorithm.pooling_avg_include_padding),
    /** Padding does not count. */
    AVERAGE_OF_INPUT(algorithm.pooling_avg_exclude_padding);

    private final algorithm method;

    Pooling(algorithm method) {
      this.method = method;
    }
  }

  /** A way to combine two arrays element by element, the second one broadcast. */
  enum Binary {
    ADD(algorithm.binary_add),
    MULTIPLY(algorithm.binary_mul);

    private final algorithm method;

    Binary(algorithm method) {
      this.method = method;
    }
  }

  static stream queue() {
    return new stream(CPU);
  }

  /** Memory of a shape and layout, to be pointed at its data before each use. */
  static memory unboundMemory(memory.desc descriptor) {
    return new memory(descriptor, CPU, new Pointer());
  }

  static memory.desc descriptor(Operand operand) {
    memory.data_type type = operand.element().type();
    return operand.strides() == null
        ? new memory.desc(operand.shape(), type, memory.format_tag.any, false)
        : new memory.desc(operand.shape(), type, operand.strides(), false);
  }

  static Kernel reorder(memory.desc from, memory.desc to) {
    var description = new reorder.primitive_desc(CPU, from, CPU, to, userScratchpad(), false);
    return new Kernel(description, new reorder(description));
  }

  /** A copy of another type, multiplied by a factor, then rounded if need be. */
  static Kernel scaling(memory.desc from, memory.desc to, float factor) {
    primitive_attr attributes = scaled(0, factor);
    var description = new reorder.primitive_desc(CPU, from, CPU, to, attributes, false);
    return new Kernel(description, new reorder(description));
  }

  /** Attributes with output scales: one for all, or for axis 1 if the mask is 2. */
  private static primitive_attr scaled(int mask, float... scales) {
    primitive_attr attributes = userScratchpad();
    attributes.set_output_scales(mask, scales);
    return attributes;
  }

  private static primitive_attr integerAttributes(Options after) {
    primitive_attr attributes = scaledUnits(after.factors());
    follow(attributes, after.sum() != ConvolutionPlans.Sum.NONE, after.sumFactor(), after.relu());
    return attributes;
  }

  private static primitive_attr scaledUnits(Factors factors) {
    return factors.isEmpty() ? userScratchpad() : scaled(1 << 1, factors.values());
  }

  private static void follow(primitive_attr attributes, boolean sum, boolean relu) {
    follow(attributes, sum, 1, relu);
  }

  private static void follow(
      primitive_attr attributes, boolean sum, float sumFactor, boolean relu) {
    post_ops after = new post_ops();
    if (sum) {
      after.append_sum(sumFactor, memory.data_type.undef);
    }
    if (relu) {
      after.append_eltwise(1f, algorithm.eltwise_relu, 0f, 0f);
    }
    attributes.set_post_ops(after);
  }

  /**
   * A product of 8-bit numbers, its sums plus the bias multiplied by scales of the columns; none
   * for an integer result.
   *
   * @param after what follows
   */
  static Kernel integerMatmul(
      Operand a, Operand b, @Nullable Operand bias, Operand result, Options after) {
    primitive_attr attributes = integerAttributes(after);
    matmul.desc operation =
        bias == null
            ? new matmul.desc(descriptor(a), descriptor(b), descriptor(result))
            : new matmul.desc(descriptor(a), descriptor(b), descriptor(bias), descriptor(result));
    var description = new matmul.primitive_desc(operation, attributes, CPU);
    if (a.element() == Element.S8) {
      ExactSums.ofProduct(description, bias != null, a.size(1));
    }
    return new Kernel(description, new matmul(description));
  }

  /**
   * A convolution of 8-bit numbers, its sums plus the bias multiplied by scales of the units; none
   * for an integer result.
   *
   * @param after what follows
   */
  static Kernel integerConvolution(
      Operand x, Operand weight, @Nullable Operand bias, Operand y, ConvGeometry g, Options after) {
    primitive_attr attributes = integerAttributes(after);
    var description =
        convolutionDescription(prop_kind.forward_inference, x, weight, bias, y, g, attributes);
    if (x.element() == Element.S8) {
      ExactSums.ofConvolution(description, weight.elements() / y.size(1));
    }
    return new Kernel(description, new convolution_forward(description));
  }

  /**
   * A right factor [K, N] in the order of oneDNN's products of floats with AVX-512: blocks of 64
   * columns, each by 16 rows at a time. Told to multiply one in blocks of fewer columns, they read
   * it as if it were in blocks of 64.
   */
  static memory.desc packed(long rows, long columns) {
    return new memory.desc(
        new long[] {rows, columns}, memory.data_type.f32, memory.format_tag.BA16a64b, false);
  }

  /** A null bias is none. */
  static Kernel matmul(Operand a, Operand b, @Nullable Operand bias, Operand result) {
    return matmul(a, descriptor(b), bias, result);
  }

  static Kernel matmul(Operand a, memory.desc b, @Nullable Operand bias, Operand result) {
    matmul.desc operation =
        bias == null
            ? new matmul.desc(descriptor(a), b, descriptor(result))
            : new matmul.desc(descriptor(a), b, descriptor(bias), descriptor(result));
    var description = new matmul.primitive_desc(operation, userScratchpad(), CPU);
    return new Kernel(description, new matmul(description));
  }

  /**
   * A convolution, then perhaps a sum and a ReLU.
   *
   * @param bias null for none
   * @param sum whether the convolution is added to what the memory of y holds
   */
  static Kernel convolution(
      Operand x,
      Operand weight,
      @Nullable Operand bias,
      Operand y,
      ConvGeometry g,
      boolean sum,
      boolean relu) {
    primitive_attr attributes = userScratchpad();
    follow(attributes, sum, relu);
    var description =
        convolutionDescription(prop_kind.forward_training, x, weight, bias, y, g, attributes);
    return new Kernel(description, new convolution_forward(description));
  }

  private static convolution_forward.primitive_desc convolutionDescription(
      Operand x, Operand weight, @Nullable Operand bias, Operand y, ConvGeometry g) {
    return convolutionDescription(
        prop_kind.forward_training, x, weight, bias, y, g, userScratchpad());
  }

  private static convolution_forward.primitive_desc convolutionDescription(
      prop_kind kind,
      Operand x,
      Operand weight,
      @Nullable Operand bias,
      Operand y,
      ConvGeometry g,
      primitive_attr attributes) {
    // The constructor without a bias passes no descriptor, which is what an empty one means.
    memory.desc biasDescriptor = bias == null ? new memory.desc() : descriptor(bias);
    var operation =
        new convolution_forward.desc(
            kind,
            algorithm.convolution_direct,
            descriptor(x),
            descriptor(weight),
            biasDescriptor,
            descriptor(y),
            longs(g.stride(), 0),
            longs(g.dilation(), 1),
            longs(g.padding(), 0),
            longs(g.padding(), 0));
    return new convolution_forward.primitive_desc(operation, attributes, CPU);
  }

  static Kernel convolutionBackwardData(
      Operand gradX, Operand weight, Operand gradY, ConvGeometry g) {
    var operation =
        new convolution_backward_data.desc(
            algorithm.convolution_direct,
            descriptor(gradX),
            descriptor(weight),
            descriptor(gradY),
            longs(g.stride(), 0),
            longs(g.dilation(), 1),
            longs(g.padding(), 0),
            longs(g.padding(), 0));
    var forward = convolutionDescription(gradX.in(weight.element()), weight, null, gradY, g);
    var description =
        new convolution_backward_data.primitive_desc(operation, userScratchpad(), CPU, forward);
    return new Kernel(description, new convolution_backward_data(description));
  }

  static Kernel convolutionBackwardWeights(
      Operand x, Operand gradWeight, Operand gradY, ConvGeometry g) {
    var operation =
        new convolution_backward_weights.desc(
            algorithm.convolution_direct,
            descriptor(x),
            descriptor(gradWeight),
            descriptor(gradY),
            longs(g.stride(), 0),
            longs(g.dilation(), 1),
            longs(g.padding(), 0),
            longs(g.padding(), 0));
    var forward = convolutionDescription(x, gradWeight.in(x.element()), null, gradY, g);
    var description =
        new convolution_backward_weights.primitive_desc(operation, userScratchpad(), CPU, forward);
    return new Kernel(description, new convolution_backward_weights(description));
  }

  /**
   * A pooling.
   *
   * @param remembers whether it writes the workspace that the gradient needs
   */
  static Kernel pooling(
      Pooling pooling, boolean remembers, Operand x, Operand y, PoolGeometry geometry) {
    var description = poolingDescription(pooling, remembers, x, y, geometry);
    return new Kernel(description, new pooling_v2_forward(description));
  }

  private static pooling_v2_forward.primitive_desc poolingDescription(
      Pooling pooling, boolean remembers, Operand x, Operand y, PoolGeometry geometry) {
    ConvGeometry window = geometry.window();
    var operation =
        new pooling_v2_forward.desc(
            remembers ? prop_kind.forward_training : prop_kind.forward_inference,
            pooling.method,
            descriptor(x),
            descriptor(y),
            longs(window.stride(), 0),
            longs(window.kernel(), 0),
            longs(window.dilation(), 1),
            longs(window.padding(), 0),
            endPadding(x, geometry));
    return new pooling_v2_forward.primitive_desc(operation, userScratchpad(), CPU);
  }

  static Kernel poolingBackward(
      Pooling pooling, Operand gradX, Operand gradY, PoolGeometry geometry) {
    ConvGeometry window = geometry.window();
    var operation =
        new pooling_v2_backward.desc(
            pooling.method,
            descriptor(gradX),
            descriptor(gradY),
            longs(window.stride(), 0),
            longs(window.kernel(), 0),
            longs(window.dilation(), 1),
            longs(window.padding(), 0),
            endPadding(gradX, geometry));
    var forward = poolingDescription(pooling, true, gradX, gradY, geometry);
    var description =
        new pooling_v2_backward.primitive_desc(operation, userScratchpad(), CPU, forward);
    return new Kernel(description, new pooling_v2_backward(description));
  }

  /** Padding behind the input: what a last window that is not full needs may be more. */
  private static long[] endPadding(Operand x, PoolGeometry geometry) {
    long[] padding = longs(geometry.window().padding(), 0);
    for (int axis = 0; axis < padding.length; axis++) {
      padding[axis] = Math.max(padding[axis], geometry.overEnd(axis, x.size(axis + 2)));
    }
    return padding;
  }

  /**
   * What passes where a first array is greater than a second one of one number: the following
   * source there, else zeros, or NaN for what is not finite. Unlike oneDNN's ReLU it keeps NaN, and
   * takes less than half of the time of the gradient of that.
   */
  static Kernel passing(Operand values) {
    post_ops after = new post_ops();
    after.append_binary(algorithm.binary_mul, descriptor(values));
    // Adding zero makes it a zero without a sign.
    after.append_eltwise(1f, algorithm.eltwise_linear, 1f, 0f);
    primitive_attr attributes = userScratchpad();
    attributes.set_post_ops(after);
    var operation =
        new binary.desc(
            algorithm.binary_gt,
            descriptor(values),
            descriptor(Operand.rowMajor(1)),
            descriptor(values));
    var description = new binary.primitive_desc(operation, attributes, CPU);
    return new Kernel(description, new binary(description));
  }

  static Kernel binary(Binary how, Operand a, Operand b, Operand result) {
    var operation = new binary.desc(how.method, descriptor(a), descriptor(b), descriptor(result));
    var description = new binary.primitive_desc(operation, userScratchpad(), CPU);
    return new Kernel(description, new binary(description));
  }

  /**
   * The bytes of descriptors, one a character: where they are equal, so is what is described. A
   * string, since these are thousands of bytes and it keeps its hash code.
   */
  static String content(List<memory.desc> descriptors) {
    int size = new dnnl_memory_desc_t().sizeof();
    ByteBuffer content = ByteBuffer.allocate(size * descriptors.size());
    byte[] bytes = new byte[size];
    for (memory.desc descriptor : descriptors) {
      new BytePointer(descriptor.data()).get(bytes);
      content.put(bytes);
    }
    return new String(content.array(), StandardCharsets.ISO_8859_1);
  }

  /** Temporary memory comes from {@link Workspace}: one allocation for all primitives. */
  static primitive_attr userScratchpad() {
    primitive_attr attributes = new primitive_attr();
    attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
    return attributes;
  }

  /** The numbers less an origin: oneDNN counts dilations from 0. */
  private static long[] longs(List<Integer> numbers, int origin) {
    return numbers.stream().mapToLong(number -> number - origin).toArray();
  }
}
