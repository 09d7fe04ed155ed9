package io.bayes4j.core;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Pending;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;

@AnalyzeClasses(packages = "io.bayes4j.core", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule PACKAGES_ARE_ACYCLIC =
      slices().matching("io.bayes4j.core.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_GRAPH_KNOWS_NO_OPERATION =
      noClasses()
          .that()
          .resideInAPackage("io.bayes4j.core.graph")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.bayes4j.core.ops..")
          .because("an operation is added without changing the tape or the plan");

  @ArchTest
  static final ArchRule THE_TAPE_KNOWS_NO_KERNEL =
      noClasses()
          .that()
          .areAssignableTo(Var.class)
          .or()
          .areAssignableTo(Gradients.class)
          .or()
          .areAssignableTo(Parameter.class)
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.bayes4j.core.kernels..")
                  .or(assignableTo(Pending.class))
                  .or(assignableTo(Plan.class)))
          .because("a Value knows in which form an array is kept, and how it is computed");

  @ArchTest
  static final ArchRule THE_PORTABLE_KERNELS_HAVE_ONE_DOOR =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.bayes4j.core.kernels.portable")
          .and()
          .areNotAssignableTo(Kernels.class)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.bayes4j.core.kernels.portable")
          .because(
              "another provider takes their place, and Kernels.portable() hands that of them out");

  @ArchTest
  static final ArchRule PORTABLE_KERNELS_ARE_ONE_PROVIDER =
      classes()
          .that()
          .resideInAPackage("io.bayes4j.core.kernels.portable")
          .and()
          .doNotImplement(KernelProvider.class)
          .should()
          .notBePublic()
          .andShould()
          .onlyDependOnClassesThat(
              not(belongToAnyOf(Kernels.class))
                  .and(
                      resideOutsideOfPackages(
                          "io.bayes4j.core.graph..",
                          "io.bayes4j.core.ops..",
                          "io.bayes4j.core.variational..",
                          "io.bayes4j.core.uncertainty..")))
          .because("they compute what they are given, and ask no other provider");

  @ArchTest
  static final ArchRule RANDOMNESS_COMES_FROM_NOISE =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.bayes4j.core.random")
          .should()
          .dependOnClassesThat(
              resideInAPackage("java.util.random..")
                  .or(resideInAPackage("org.nd4j.linalg.api.rng.."))
                  .or(resideInAPackage("org.nd4j.linalg.api.ops.random..")))
          .because("the same seed must give the same numbers");

  @ArchTest
  static final ArchRule FIELDS_ARE_NOT_PUBLIC_UNLESS_CONSTANT =
      fields()
          .that()
          .arePublic()
          .should()
          .beStatic()
          .andShould()
          .beFinal()
          .because("state that others can write to has no invariants");

  @ArchTest
  static final ArchRule ND4J_OPERATORS_ARE_CALLED_BY_A_FEW =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.bayes4j.core.kernels..", "io.bayes4j.core.ops..")
          .and()
          .areNotAssignableTo(Detached.class)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.nd4j.linalg.api.ops..")
          .because("arithmetic lies behind the kernels and the graph, and nowhere else");

  @ArchTest
  static final ArchRule THREADS_ARE_STARTED_IN_ONE_PLACE =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.bayes4j.core.internal")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.util.concurrent")
          .because("loops share one pool, Parallel");

  @ArchTest
  static final ArchRule CLASSES_ARE_FINAL_SEALED_OR_ABSTRACT =
      classes()
          .that()
          .arePublic()
          .and()
          .areNotInterfaces()
          .and()
          .areNotEnums()
          .should()
          .haveModifier(JavaModifier.FINAL)
          .orShould()
          .haveModifier(JavaModifier.ABSTRACT)
          .because("to be extended is a promise to be kept");
}
