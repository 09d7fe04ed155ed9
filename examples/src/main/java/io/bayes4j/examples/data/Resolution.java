package io.bayes4j.examples.data;

/**
 * How finely images were scanned before they were placed in a frame of 28 x 28.
 *
 * <p>A network trained on coarse digits would find sharp clothes strange for their sharpness alone.
 * So whatever is compared with coarse digits goes through the same 8 x 8 pixels, and what separates
 * them is what they show.
 */
public enum Resolution {
  /** As scanned by MNIST: 20 x 20 for the digit, in a frame of 28 x 28. */
  FINE,

  /** As the bundled digits: 8 x 8, enlarged to 20 x 20 in the middle of the frame. */
  COARSE
}
