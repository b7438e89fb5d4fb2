package org.widthbench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The table of modules in {@code CONTRIBUTING.md}, and which way the packages of this module look. */
@AnalyzeClasses(
        packages = "org.widthbench",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJar.class})
class ArchitectureTest {
    /** In a packaged build the core's test fixtures come as a jar, which the option for test folders does not know. */
    static final class NoTestJar implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static final String CORE = "org.widthbench.core..";
    private static final String CUDA = "org.widthbench.cuda..";
    private static final String TRAINING = "org.widthbench.training..";
    private static final String CLI = "org.widthbench.cli..";

    @ArchTest
    static final ArchRule THE_CORE_DEPENDS_ON_NOTHING_OF_OURS = noClasses()
            .that()
            .resideInAPackage(CORE)
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    CORE, "java..", "javax..", "jdk..", "org.bytedeco..", "org.apache.commons..", "org.slf4j..");

    @ArchTest
    static final ArchRule GPU_KERNELS_DEPEND_ON_THE_CORE_ALONE = noClasses()
            .that()
            .resideInAPackage(CUDA)
            .should()
            .dependOnClassesThat(com.tngtech.archunit.base.DescribedPredicate.describe(
                    "are ours, in another module than the core",
                    c -> c.getPackageName().startsWith("org.widthbench")
                            && !c.getPackageName().startsWith("org.widthbench.core")
                            && !c.getPackageName().startsWith("org.widthbench.cuda")))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule NETWORK_TRAINING_DEPENDS_ON_THE_CORE_ALONE = noClasses()
            .that()
            .resideInAPackage(TRAINING)
            .should()
            .dependOnClassesThat(com.tngtech.archunit.base.DescribedPredicate.describe(
                    "are ours, in another module than the core",
                    c -> c.getPackageName().startsWith("org.widthbench")
                            && !c.getPackageName().startsWith("org.widthbench.core")
                            && !c.getPackageName().startsWith("org.widthbench.training")));

    @ArchTest
    static final ArchRule NOTHING_DEPENDS_ON_THE_COMMAND_LINE =
            classes().that().resideInAPackage(CLI).should().onlyBeAccessed().byAnyPackage(CLI);

    @ArchTest
    static final ArchRule FIGURES_KNOW_NOTHING_OF_SOLVERS_OR_NETWORKS = noClasses()
            .that()
            .resideInAPackage("org.widthbench.figure..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.widthbench.core.solver..", TRAINING, "org.widthbench.sweep..");

    @ArchTest
    static final ArchRule ONLY_TRAINING_TOUCHES_ND4J = noClasses()
            .that()
            .resideOutsideOfPackages(TRAINING, CLI)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.nd4j..");

    @ArchTest
    static final ArchRule THE_ROOT_OF_THE_CORE_DEPENDS_ON_NO_PACKAGE_OF_OURS = noClasses()
            .that()
            .resideInAPackage("org.widthbench.core")
            .should()
            .dependOnClassesThat(com.tngtech.archunit.base.DescribedPredicate.describe(
                    "are ours, in another package",
                    c -> c.getPackageName().startsWith("org.widthbench")
                            && !c.getPackageName().equals("org.widthbench.core")));

    @ArchTest
    static final ArchRule PACKAGES_FORM_NO_CYCLES =
            slices().matching("org.widthbench.(**)").should().beFreeOfCycles();
}
