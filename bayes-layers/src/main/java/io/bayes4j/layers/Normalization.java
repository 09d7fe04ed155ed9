package io.bayes4j.layers;

/** A layer that brings its input to mean zero and variance one, then scales and shifts it. */
public sealed interface Normalization extends Layer
    permits BatchNorm, LayerNorm, GroupNorm, InstanceNorm, ChannelNorm {}
