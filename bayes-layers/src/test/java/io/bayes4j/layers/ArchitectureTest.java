package io.bayes4j.layers;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.bayes4j.layers.variational.Estimator;

@AnalyzeClasses(
    packages = "io.bayes4j.layers",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule PACKAGES_ARE_ACYCLIC =
      slices().assignedFrom(packages()).should().beFreeOfCycles();

  @ArchTest
  static final ArchRule PLAIN_LAYERS_KNOW_NOTHING_BUILT_ON_THEM =
      noClasses()
          .that()
          .resideInAPackage("io.bayes4j.layers")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.bayes4j.layers.(*)..");

  @ArchTest
  static final ArchRule ONLY_TRAINING_KNOWS_OPTIMIZERS =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.bayes4j.layers.train", "io.bayes4j.layers.optim")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.bayes4j.layers.optim");

  /** What a new estimator has to be added to, besides the layers named after it. */
  @ArchTest
  static final ArchRule AN_ESTIMATOR_IS_KNOWN_TO_THREE_FILES =
      noClasses()
          .that()
          .haveSimpleNameNotEndingWith("LocalReparameterization")
          .and()
          .haveNameNotMatching(".*\\.(Estimator|VariationalLayers|VariationalAffine)(\\$.*)?")
          .should()
          .accessField(Estimator.class, "LOCAL_REPARAMETERIZATION")
          .orShould()
          .dependOnClassesThat()
          .haveSimpleNameEndingWith("LocalReparameterization");

  @ArchTest static final ArchRule NOTHING_IS_PRINTED = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

  /** Every package is a slice of its own, the root too, which a pattern would leave out. */
  private static SliceAssignment packages() {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
        return SliceIdentifier.of(javaClass.getPackageName());
      }

      @Override
      public String getDescription() {
        return "packages";
      }
    };
  }
}
