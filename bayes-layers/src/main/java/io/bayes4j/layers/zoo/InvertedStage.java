package io.bayes4j.layers.zoo;

/**
 * Inverted residual blocks (Sandler et al. 2018) of one width: more channels, a depthwise
 * convolution, fewer channels.
 *
 * @param expansion how many times as many channels the depthwise convolution has
 * @param kernel its length
 * @param stride its step in the first block
 * @param channels of the blocks' outputs
 * @param blocks number of blocks
 */
record InvertedStage(int expansion, int kernel, int stride, int channels, int blocks) {}
