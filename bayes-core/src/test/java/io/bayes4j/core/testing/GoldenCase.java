package io.bayes4j.core.testing;

import io.bayes4j.core.kernels.ConvGeometry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer's inputs, posterior, noise, output, divergence and gradients, computed in double
 * precision by PyTorch.
 *
 * <p>Gradients are of sum(y * g), for a recurrent layer of sum(y * g) + sum(hn * gh) + sum(cn *
 * gc).
 */
public final class GoldenCase {
  private final Header header;
  private final Map<String, INDArray> tensors;

  /**
   * The numbers of a case; those that a kind has not are null or zero.
   *
   * @param name kind/name/estimator
   * @param kind see {@link GoldenCases#KINDS}
   * @param estimator reparameterization, flipout or local_reparameterization
   * @param in input channels or features
   * @param out output channels or features; hidden size of a recurrent layer
   * @param geometry how a convolution's kernel moves
   * @param outputPadding of a transposed convolution, else zeros
   * @param bias whether there is one
   * @param priorMu mean of the Gaussian prior
   * @param priorSigma its standard deviation
   * @param klSum divergence summed over all elements
   * @param layers of a recurrent layer
   * @param bidirectional whether a recurrent layer reads in both directions
   * @param options those that are a word or a number, by name
   */
  record Header(
      String name,
      String kind,
      String estimator,
      int in,
      int out,
      ConvGeometry geometry,
      List<Integer> outputPadding,
      boolean bias,
      double priorMu,
      double priorSigma,
      double klSum,
      int layers,
      boolean bidirectional,
      Map<String, String> options) {}

  GoldenCase(Header header, Map<String, INDArray> tensors) {
    this.header = header;
    this.tensors = Map.copyOf(tensors);
  }

  /** Its name: kind/name/estimator. */
  public String name() {
    return header.name;
  }

  /** The layer, see {@link GoldenCases#KINDS}. */
  public String kind() {
    return header.kind;
  }

  /** reparameterization, flipout or local_reparameterization. */
  public String estimator() {
    return header.estimator;
  }

  /** Input channels or features. */
  public int in() {
    return header.in;
  }

  /** Output channels or features; the hidden size of a recurrent layer. */
  public int out() {
    return header.out;
  }

  /**
   * How a convolution's kernel moves.
   *
   * @throws IllegalStateException if the layer is no convolution
   */
  public ConvGeometry geometry() {
    if (header.geometry == null) {
      throw new IllegalStateException(header.name + " is no convolution");
    }
    return header.geometry;
  }

  /** Output padding of a transposed convolution: one number for each axis. */
  public List<Integer> outputPadding() {
    return header.outputPadding;
  }

  /** Whether the layer has a bias. */
  public boolean bias() {
    return header.bias;
  }

  /** Mean of the Gaussian prior. */
  public double priorMu() {
    return header.priorMu;
  }

  /** Standard deviation of the Gaussian prior. */
  public double priorSigma() {
    return header.priorSigma;
  }

  /** KL divergence of all parameters, summed over their elements. */
  public double klSum() {
    return header.klSum;
  }

  /** Number of layers of an LSTM. */
  public int layers() {
    return header.layers;
  }

  /** Whether an LSTM reads in both directions. */
  public boolean bidirectional() {
    return header.bidirectional;
  }

  /** An option that is a word or a number, or what stands for it if it is not given. */
  public String option(String name, String otherwise) {
    return header.options.getOrDefault(name, otherwise);
  }

  /** Names of the tensors: x, y, g, mu, rho, eps, sign_in, grad_x, klgrad_mu ... */
  public Set<String> names() {
    return tensors.keySet();
  }

  /** Whether there is a tensor of this name. */
  public boolean has(String tensor) {
    return tensors.containsKey(tensor);
  }

  /**
   * A fresh copy of a tensor, float and row-major.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public INDArray tensor(String name) {
    INDArray tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(header.name + " has no tensor " + name + " in " + names());
    }
    return tensor.dup('c');
  }

  @Override
  public String toString() {
    return header.name;
  }
}
