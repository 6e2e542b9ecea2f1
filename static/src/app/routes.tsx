import { lazy, type ReactNode } from "react";
import { useParams, useRoutes } from "react-router";
import { Allowed } from "./Allowed";
import { type Place, placeOf } from "./navigation";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

const HomePage = lazy(() => import("../home/HomePage"));
const ScenariosPage = lazy(() => import("../scenarios/ScenariosPage"));
const BuilderPage = lazy(() => import("../builder/BuilderPage"));
const ReviewPage = lazy(() => import("../review/ReviewPage"));
const TemplatesPage = lazy(() => import("../library/TemplatesPage"));
const TemplatePage = lazy(() => import("../library/TemplatePage"));
const TasksPage = lazy(() => import("../tasks/TasksPage"));
const LoansPage = lazy(() => import("../loans/LoansPage"));
const LoanPage = lazy(() => import("../loans/LoanPage"));
const BorrowerPage = lazy(() => import("../contacts/BorrowerPage"));
const ProductsPage = lazy(() => import("../products/ProductsPage"));
const ProductPage = lazy(() => import("../products/ProductPage"));
const ApplicationsPage = lazy(() => import("../applications/ApplicationsPage"));
const IncomingPage = lazy(() => import("../incoming/IncomingPage"));
const BucketsPage = lazy(() => import("../monitoring/BucketsPage"));
const MonitoringPage = lazy(() => import("../monitoring/MonitoringPage"));
const ImportsPage = lazy(() => import("../imports/ImportsPage"));
const OutboxPage = lazy(() => import("../outbox/OutboxPage"));
const PoliciesPage = lazy(() => import("../policies/PoliciesPage"));
const JobsPage = lazy(() => import("../jobs/JobsPage"));
const AuditPage = lazy(() => import("../audit/AuditPage"));
const EnginePage = lazy(() => import("../engine/EnginePage"));
const HelpPage = lazy(() => import("../help/HelpPage"));

function guarded(key: Place["key"], page: ReactNode): ReactNode {
  return <Allowed place={placeOf(key)}>{page}</Allowed>;
}

/** Another scenario is another page: nothing of the former one stays. */
function Builder() {
  const { id, versionId } = useParams();
  return <BuilderPage key={id ? `scenario ${id}` : `version ${versionId}`} />;
}

/** The pages load their data themselves: the routes need none of the library's own loading. The builder is given `:id` (a scenario's draft) or `:versionId` (a version, read-only). */
const routes = [
  {
    element: <Shell />,
    children: [
      { path: "/", element: <HomePage /> },
      { path: "/scenarios", element: guarded("scenarios", <ScenariosPage />) },
      { path: "/scenarios/:id", element: guarded("scenarios", <Builder />) },
      { path: "/versions/:versionId", element: guarded("scenarios", <Builder />) },
      { path: "/templates", element: guarded("templates", <TemplatesPage />) },
      { path: "/templates/:id", element: guarded("templates", <TemplatePage />) },
      { path: "/review", element: guarded("review", <ReviewPage />) },
      { path: "/tasks", element: guarded("tasks", <TasksPage />) },
      { path: "/loans", element: guarded("loans", <LoansPage />) },
      { path: "/loans/:id", element: guarded("loans", <LoanPage />) },
      { path: "/borrowers/:id", element: guarded("loans", <BorrowerPage />) },
      { path: "/products", element: guarded("products", <ProductsPage />) },
      { path: "/products/:id", element: guarded("products", <ProductPage />) },
      { path: "/applications", element: guarded("applications", <ApplicationsPage />) },
      { path: "/incoming/:part?", element: guarded("incoming", <IncomingPage />) },
      { path: "/buckets", element: guarded("buckets", <BucketsPage />) },
      { path: "/monitoring/:part?/:id?", element: guarded("monitoring", <MonitoringPage />) },
      { path: "/imports", element: guarded("imports", <ImportsPage />) },
      { path: "/imports/:id", element: guarded("imports", <ImportsPage />) },
      { path: "/outbox/:part?", element: guarded("outbox", <OutboxPage />) },
      { path: "/policies/:part?", element: guarded("policies", <PoliciesPage />) },
      { path: "/jobs", element: <JobsPage /> },
      { path: "/audit", element: guarded("audit", <AuditPage />) },
      { path: "/engine", element: guarded("engine", <EnginePage />) },
      { path: "/help", element: <HelpPage /> },
      { path: "/help/:slug", element: <HelpPage /> },
      { path: "*", element: <NotFound /> },
    ],
  },
];

/** The page of the current address, in the shell. */
export function Pages() {
  return useRoutes(routes);
}
