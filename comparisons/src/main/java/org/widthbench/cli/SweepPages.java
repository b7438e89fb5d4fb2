package org.widthbench.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Csv;
import org.widthbench.experiment.ExperimentGrid;
import org.widthbench.experiment.GridPoint;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.report.Report;
import org.widthbench.report.ReportPage;
import org.widthbench.reproduce.GridFigure;
import org.widthbench.reproduce.SweepFigure;
import org.widthbench.sweep.AlignmentTable;
import org.widthbench.sweep.GridSweep;
import org.widthbench.sweep.Manifest;
import org.widthbench.sweep.SweepRun;
import org.widthbench.sweep.WidthAgreement;
import org.widthbench.training.WidthTheory;

/**
 * Tables, figures and pages of a sweep whose results are all there.
 *
 * @param folder of the sweep
 * @param grid its problems
 * @param networks what trained
 * @param provenance of the sweep
 * @param drawing style and size of the figures
 */
record SweepPages(Path folder, ExperimentGrid grid, Networks networks, Provenance provenance, DrawingOptions drawing) {
    private static final String TABLE = "alignment.csv";
    private static final String PAGE = "index.html";

    /**
     * Writes all of them, and prints the tables and the page's name.
     *
     * @param expected of finite widths, for each point, where that is asked for
     */
    void write(GridSweep sweep, List<Optional<WidthTheory>> expected, PrintWriter out) {
        Csv gathered = AlignmentTable.csv(grid.axes().keySet());
        GridFigure figure = new GridFigure();
        List<Map<String, Object>> summaries = new ArrayList<>();
        double solveSeconds = 0;
        double trainSeconds = 0;
        for (int p = 0; p < grid.points().size(); p++) {
            GridPoint point = grid.points().get(p);
            // One at a time: all theories together may be more than the memory holds.
            SweepRun run = sweep.result(p);
            Optional<WidthAgreement> beside = expected.get(p)
                    .map(theory -> WidthAgreement.of(
                            theory, run.theory(), point.experiment().theory().samples(), run.table()));
            writePoint(sweep.folder(p), point, sweep.problem(p), run, beside);
            solveSeconds += run.solveSeconds();
            trainSeconds += run.table().trainSeconds();
            if (grid.hasAxes()) {
                out.println(point.description());
                String name = folder.relativize(sweep.folder(p)).toString();
                run.table().addTo(gathered, point);
                figure.add(point, run.table(), run.theory().finalLoss(), name);
                summaries.add(pointSummary(point, run, name));
            }
            out.print(run.table().text());
            beside.ifPresent(agreement -> out.print(agreement.text()));
        }
        if (grid.hasAxes()) {
            gathered.write(folder.resolve(TABLE));
            Map<String, Object> summary = new LinkedHashMap<>();
            summary.put("solveSeconds", solveSeconds);
            summary.put("trainSeconds", trainSeconds);
            summary.put("networks", networks.description());
            Report report = drawing.write(figure.report(summary), folder);
            summary.put("points", summaries);
            ResultFiles.writeSummary(folder, summary, provenance);
            ReportPage.write(folder, report, Pages.origin(provenance));
        }
        Manifest.write(folder);
        out.println(folder.resolve(PAGE));
    }

    private void writePoint(
            Path place, GridPoint point, Problem problem, SweepRun run, Optional<WidthAgreement> beside) {
        WidthAgreement.write(beside, place);
        run.table().write(place.resolve(TABLE));
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("solveSeconds", run.solveSeconds());
        summary.put("trainSeconds", run.table().trainSeconds());
        summary.put("finalLoss", run.theory().finalLoss());
        summary.put("backend", run.backend());
        summary.put("networks", networks.description());
        summary.put("commits", run.commits());
        summary.put(
                "precision",
                networks.formats(problem, point.experiment().sweep().widths()));
        Provenance origin = grid.hasAxes()
                ? provenance.with(provenance
                        .settings()
                        .withConfiguration(point.experiment().toMap()))
                : provenance;
        Report report = drawing.write(SweepFigure.report(run.theory(), run.table(), summary), place);
        beside.ifPresent(agreement -> summary.put("widthTheory", agreement.toMap()));
        ResultFiles.writeSummary(place, summary, origin);
        ReportPage.write(place, report, Pages.origin(origin));
    }

    private static Map<String, Object> pointSummary(GridPoint point, SweepRun run, String name) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("values", point.values());
        summary.put("folder", name);
        summary.put("finalLoss", run.theory().finalLoss());
        summary.put("solveSeconds", run.solveSeconds());
        return summary;
    }
}
