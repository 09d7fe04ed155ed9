package io.bayes4j.report;

import io.bayes4j.report.Tables.Fact;
import java.util.List;
import java.util.Optional;

/** A page of tables, curves and box plots of your own alone; see {@link Report#ofTables}. */
public final class OwnReport extends Report<OwnReport> {
  OwnReport() {
    super("What was compared");
  }

  @Override
  OwnReport self() {
    return this;
  }

  @Override
  String headline() {
    return "";
  }

  @Override
  List<Section> sections() {
    return List.of();
  }

  @Override
  Optional<Strips> strips() {
    return Optional.empty();
  }

  @Override
  List<Fact> facts() {
    return List.of();
  }

  @Override
  String words() {
    return Words.ofAny();
  }
}
