package io.bayes4j.imports.onnx;

import static io.bayes4j.imports.onnx.ProtoWriter.number;

import io.bayes4j.core.ops.Flags.Relation;
import io.bayes4j.imports.onnx.Exports.Place;
import io.bayes4j.imports.parts.Choice;
import io.bayes4j.imports.parts.Comparison;
import io.bayes4j.imports.parts.Overlay;
import io.bayes4j.layers.Layer;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Comparisons, choices and masks. */
final class ExportFlags {
  private ExportFlags() {}

  static Optional<String> write(Layer layer, Place place) {
    if (layer instanceof Comparison comparison) {
      return Optional.of(comparison(comparison, place));
    }
    if (layer instanceof Choice choice) {
      List<String> three = operands(choice.constants(), place);
      ProtoWriter out = place.out();
      String flags = out.op("Cast", three.get(0), number("to", Type.BOOL.number));
      return Optional.of(out.op("Where", List.of(flags, three.get(1), three.get(2))));
    }
    return layer instanceof Overlay overlay
        ? Optional.of(overlay(overlay, place.out(), place.x()))
        : Optional.empty();
  }

  /** A choice by flags, or a sum with infinities, which readers do not take for weights. */
  private static String overlay(Overlay overlay, ProtoWriter out, String x) {
    String added = out.floats("added", overlay.added());
    return overlay
        .kept()
        .map(kept -> out.op("Where", List.of(out.flags("kept", kept), x, added)))
        .orElseGet(() -> out.op("Add", List.of(x, added)));
  }

  /** Constants, and between them what a layer reads. */
  private static List<String> operands(List<Optional<INDArray>> constants, Place place) {
    Iterator<String> inputs = place.inputs().iterator();
    return constants.stream()
        .map(c -> c.map(array -> place.out().floats("constant", array)).orElseGet(inputs::next))
        .toList();
  }

  /** Flags of the file are of a type of their own. */
  private static String comparison(Comparison layer, Place place) {
    ProtoWriter out = place.out();
    List<String> both = operands(layer.constants(), place);
    String type =
        switch (layer.relation()) {
          case EQUAL, NOT_EQUAL -> "Equal";
          case LESS -> "Less";
          case LESS_OR_EQUAL -> "LessOrEqual";
          case GREATER -> "Greater";
          case GREATER_OR_EQUAL -> "GreaterOrEqual";
          case AND -> "And";
          case OR -> "Or";
          case XOR -> "Xor";
        };
    if (layer.relation().compareTo(Relation.AND) >= 0) {
      both = both.stream().map(x -> out.op("Cast", x, number("to", Type.BOOL.number))).toList();
    }
    String flags = out.op(type, both);
    String held = layer.relation() == Relation.NOT_EQUAL ? out.op("Not", flags) : flags;
    return out.op("Cast", held, number("to", Type.FLOAT.number));
  }
}
